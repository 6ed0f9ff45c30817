// Requests to our own server from a page, what became of them, and names for what they make.

const PATIENCE_MS = 20_000;

/**
 * Send a request with the page's session. A form or JSON makes it a POST.
 *
 * @param {string} address
 * @param {{ csrf?: string, form?: Record<string, string>, json?: object, outlivesPage?: boolean }} [options]
 * @returns {Promise<{ status: number, ok: boolean, body: any } | null>} null when no answer came: offline, or too slow.
 */
export async function send(address, { csrf, form, json, outlivesPage = false } = {}) {
  const headers = { Accept: "application/json" };
  const options = { headers, credentials: "same-origin", cache: "no-store", keepalive: outlivesPage };
  if (form || json) {
    options.method = "POST";
    options.body = form ? new URLSearchParams(form) : JSON.stringify(json);
    headers["X-CSRFToken"] = csrf ?? "";
    if (json) {
      headers["Content-Type"] = "application/json";
    }
  }
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(address, { ...options, signal: patience.signal });
    return { status: response.status, ok: response.ok, body: await bodyOf(response) };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** A page that stands where the answer should be (a captive portal, a proxy's error) is no answer. */
async function bodyOf(response) {
  if (response.status === 204) {
    return {};
  }
  const isJson = response.headers.get("Content-Type")?.includes("json");
  if (response.ok && !isJson) {
    throw new TypeError("Not an answer of ours.");
  }
  return isJson ? response.json() : {};
}

/** A new UUID. On plain http, where browsers lack randomUUID, it is made by hand. */
export function newId() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
