"""The sandbox shop: a sales channel as a real platform would be, in a process of its own.

``python -m retail.sandbox`` listens on 127.0.0.1 (``SANDBOX_PORT``, 8100 unless set) and keeps everything in
``$MERIDIAN_VAR/sandbox/shop.db``. One process serves many shops, each under a path of its own. It knows nothing of
Meridian: the two meet over HTTP only, so what holds here holds for a platform on the other side of the world.

**Who may do what.** Three kinds of callers:

* *Buyers and checkers* read without a token: ``GET /`` (the shops), ``/{shop}/`` (the page), ``/{shop}/live.json``,
  ``/{shop}/history.json``; they may also put a shop out of order with ``POST /{shop}/faults`` and heal it with
  ``DELETE /{shop}/faults``. This is a tool for development which only this machine can reach; a page of another origin
  in a browser is refused.
* *The sales channel's owner* calls ``/{shop}/api/...`` with ``Authorization: Bearer <shop token>``.
* *The operator* opens and changes shops: ``PUT /{shop}`` and ``PUT /{shop}/prices`` with ``Authorization: Bearer
  <control token>``.

The control token is ``SANDBOX_TOKEN`` from the environment; without it a random one is made at first start and kept,
readable by its owner only, in ``$MERIDIAN_VAR/sandbox/token``. A shop's token is HMAC-SHA256(control token,
``shop:<shop>``) in hex, unless ``PUT /{shop}`` gives a ``token`` of its own; the answer to that ``PUT`` always carries
the token that is valid. See `retail.sandbox.tokens`.

**Time.** A shop lives in business time: the machine's clock plus ``MERIDIAN_CLOCK_OFFSET`` seconds. Only faults, which
are about connections and not about business, run on the machine's own clock.
"""
