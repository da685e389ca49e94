// The reference of the interface, from the document that the service itself serves, with requests that run.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const place = document.getElementById("reference");

async function specification() {
  const answer = await fetch(new URL("openapi.json", document.baseURI));
  if (!answer.ok) throw new Error(`the service answers with ${answer.status}`);
  return answer.json();
}

// The viewer puts a link into the button that opens an operation, where no one can reach it by itself.
const plainNames = () => ({
  wrapComponents: { DeepLink: (_, { React }) => ({ text }) => React.createElement("span", null, text) },
});

// What the viewer leaves without a name, or out of reach of the keyboard.
function nameOf(field) {
  const parameter = field.closest("tr[data-param-name]")?.dataset.paramName;
  if (field.id === "servers") return "Server";
  if (field.matches(".examples-select-element")) return parameter ? `Example of ${parameter}` : "Example";
  return parameter ?? field.getAttribute("placeholder") ?? "Value";
}
function mend() {
  for (const field of place.querySelectorAll("select:not([aria-label]), input:not([aria-label]), textarea:not([aria-label])"))
    field.setAttribute("aria-label", nameOf(field));
  for (const text of place.querySelectorAll("pre:not([tabindex])")) text.tabIndex = 0;
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
    syntaxHighlight: false, // its colours are hard to tell apart
    plugins: [plainNames],
  });
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });
  mend();
} catch (problem) {
  place.textContent = `The reference can not be shown: ${problem.message}. Load the page again, or read openapi.yaml.`;
}

// The viewer has colours of its own for the dark.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
