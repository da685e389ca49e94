// The reference of the interface, from the document that the service itself serves, with requests that run.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const answer = await fetch(new URL("openapi.json", document.baseURI));
const spec = await answer.json();
// Requests go to where this page came from, below whatever path that is.
spec.servers = [{ url: new URL(".", document.baseURI).href.replace(/\/$/, "") }];
SwaggerUI({
  spec,
  domNode: document.getElementById("reference"),
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  validatorUrl: null,
});
