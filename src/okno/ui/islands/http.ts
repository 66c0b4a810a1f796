// Requests of the islands. Pages and fragments are htmx's business; this is for the few answers that are not swapped.

/** Return the token that Django wants with every change. */
export function csrfToken(): string {
  const headers = document.body.getAttribute("hx-headers");
  return headers ? ((JSON.parse(headers) as Record<string, string>)["X-CSRFToken"] ?? "") : "";
}

/** Fetch from ourselves; adds the token to whatever changes something. */
export function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("X-Requested-With", "fetch");
  if (init.method && init.method !== "GET") headers.set("X-CSRFToken", csrfToken());
  return fetch(url, { credentials: "same-origin", ...init, headers });
}

/** Add to the query of an address. */
export function withQuery(url: string, values: Record<string, string>): string {
  const made = new URL(url, location.href);
  for (const [name, value] of Object.entries(values)) made.searchParams.set(name, value);
  return made.href;
}

/** Make a fragment of HTML that our server rendered; nothing in it runs. */
export function fragment(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
