"""People and keys: who acts. What they may do (roles) and where (grants) are two tables, never fused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from stores.models.base import Record, tracked
from stores.models.brands import Brand, Partner
from stores.models.fields import LocalizedText, SameBrand, in_reader_language
from stores.models.markets import Market, Region
from stores.models.network import Store
from stores.models.scope import Scope, ScopedQuerySet, choices, one_of
from stores.values import clock

ABILITIES = (
    "view", "edit_stores", "edit_hours", "edit_plans", "approve_plans", "stop_plans", "edit_catalog", "edit_channels",
    "edit_services", "handle_cases", "import_stores", "manage_people", "edit_partners", "confirm_counters",
    "propose_changes",
)  # fmt: skip
KEY_KINDS = ("secret", "publishable")
KEY_SCOPES = ("read", "preview", "bookings", "cases")


@dataclass(frozen=True)
class System:
    """A process acting on its own: the only actor that sees everything. The name says which, for the history."""

    name: str

    def __str__(self) -> str:
        return f"system:{self.name}"


class UserManager(BaseUserManager["User"]):
    """Creates users; ``createsuperuser`` is not offered, an owner is a user with an owner's grant."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user by email. Without a password the account cannot log in yet."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class UserQuerySet(ScopedQuerySet["User"]):
    # Colleagues with a grant in the same brand. Managing people needs a brand-wide grant with manage_people.
    scope = Scope(brand="grants__brand_id", joins_many=True)

    def colleagues_of(self, actor: Actor | None, *, to: str) -> UserQuerySet:
        """Whom the actor may give work to: everyone at work for a brand in which the actor may do ``to`` somewhere, except
        people of partners.

        Names for a list to choose from, no more: what else is known of a person stays behind ``visible_to``.
        """
        brands = Brand.objects.visible_to(actor, to=to)
        return self.filter(is_active=True, pk__in=Grant.objects.filter(brand__in=brands, partner=None).values("user"))


@tracked(exclude=["password", "last_login"])
class User(AbstractBaseUser, Record):
    """A person who logs in. Sees nothing until granted something."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    # Empty until the person chooses one: then each browser's own language counts.
    language = models.CharField(max_length=35, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects: Any = UserManager.from_queryset(UserQuerySet)()

    class Meta(Record.Meta):
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(condition=Q(email=models.functions.Lower("email")), name="user_email_lower_case")
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """What the dashboard greets people with."""
        return self.name

    @property
    def is_staff(self) -> bool:
        """Everyone with an account may open the dashboard; what it shows is what was granted."""
        return self.is_active

    def live_grants(self) -> list[Grant]:
        """The user's grants with their roles, read once per instance (a request makes a new instance)."""
        if "_live_grants" not in self.__dict__:
            self.__dict__["_live_grants"] = list(self.grants.select_related("role")) if self.pk else []
        known: list[Grant] = self.__dict__["_live_grants"]
        return known

    def can(self, ability: str) -> bool:
        """Whether any grant carries the ability. Where it applies is ``visible_to(user, to=ability)``."""
        return self.is_active and any(ability in grant.role.abilities for grant in self.live_grants())

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django asks for ``app.action_model``; the admin base class answers by abilities instead."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the dashboard lists the app at all."""
        return app_label == "stores" and self.can("view")


class RoleQuerySet(ScopedQuerySet["Role"]):
    scope = Scope(reference=True)


@tracked()
class Role(Record):
    """What a person may do: a named list of abilities."""

    code = models.SlugField(max_length=40, unique=True)
    name = LocalizedText()
    abilities = ArrayField(models.CharField(max_length=20, choices=choices(ABILITIES)))

    objects: Any = models.Manager.from_queryset(RoleQuerySet)()

    class Meta(Record.Meta):
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(abilities__contained_by=list(ABILITIES)), name="role_abilities_known")
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name) or self.code


class GrantQuerySet(ScopedQuerySet["Grant"]):
    scope = Scope()


@tracked()
class Grant(Record):
    """Where a role applies: the whole brand, or one region subtree, market, store or partner of it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    store = models.ForeignKey(Store, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    partner = models.ForeignKey(Partner, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")

    objects: Any = models.Manager.from_queryset(GrantQuerySet)()

    class Meta(Record.Meta):
        ordering = ["user", "brand"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "brand", "region", "market", "store", "partner"],
                name="grant_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=(
                    Q(market__isnull=True, store__isnull=True, partner__isnull=True)
                    | Q(region__isnull=True, store__isnull=True, partner__isnull=True)
                    | Q(region__isnull=True, market__isnull=True, partner__isnull=True)
                    | Q(region__isnull=True, market__isnull=True, store__isnull=True)
                ),
                name="grant_one_place",
                violation_error_message="A grant covers one place: a region, a market, a store or a partner.",
            ),
            SameBrand(link="region", name="grant_region_same_brand"),
            SameBrand(link="store", name="grant_store_same_brand"),
            SameBrand(link="partner", name="grant_partner_same_brand"),
        ]

    def is_brand_wide(self) -> bool:
        """Whether it covers everything of the brand."""
        return not (self.region_id or self.market_id or self.store_id or self.partner_id)

    def __str__(self) -> str:
        place = self.region or self.market or self.store or self.partner or self.brand
        return f"{self.role} of {place}"


class ApiKeyQuerySet(ScopedQuerySet["ApiKey"]):
    scope = Scope()


@tracked(exclude=["digest", "last_used_at"])
class ApiKey(Record):
    """A storefront's key: ``prefix.secret``, of which only a keyed digest is stored. Bound to one brand."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    pepper = models.PositiveSmallIntegerField(default=1, help_text="Number of the secret the digest was made with.")
    kind = models.CharField(max_length=12, choices=choices(KEY_KINDS), default="secret")
    market_codes = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    channel_codes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=choices(KEY_SCOPES)), default=list)
    origins = ArrayField(
        models.CharField(max_length=300),
        default=list,
        db_default=[],
        blank=True,
        help_text="Sites whose pages may use a publishable key, such as https://shop.example. Empty means every site.",
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager.from_queryset(ApiKeyQuerySet)()

    class Meta(Record.Meta):
        ordering = ["brand", "name"]
        constraints = [
            one_of("kind", KEY_KINDS, "api_key_kind"),
            models.CheckConstraint(condition=Q(scopes__contained_by=list(KEY_SCOPES)), name="api_key_scopes_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    @property
    def is_authenticated(self) -> bool:
        """DRF asks its ``request.user`` this; a key that got here was proven."""
        return True

    def is_usable(self) -> bool:
        """Neither revoked nor expired at this moment."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > clock.now())


Actor = User | ApiKey | System
