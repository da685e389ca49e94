// The reference of the interface, from the document that the service itself serves, with requests that run.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const place = document.getElementById("reference");

async function specification() {
  const answer = await fetch(new URL("openapi.json", document.baseURI));
  if (!answer.ok) throw new Error(`the service answers with ${answer.status}`);
  return answer.json();
}

try {
  const spec = await specification();
  // Requests go to where this page came from, below whatever path that is.
  spec.servers = [{ url: new URL(".", document.baseURI).href.replace(/\/$/, "") }];
  SwaggerUI({
    spec,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
} catch (problem) {
  place.textContent = `The reference can not be shown: ${problem.message}. Load the page again, or read openapi.yaml.`;
}

// The viewer has colours of its own for the dark.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
