// Starts the API's pages. A file of its own, because the page policy allows no script inside the page.
"use strict";
const place = document.getElementById("docs");
SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  persistAuthorization: true,
  validatorUrl: null,
});
