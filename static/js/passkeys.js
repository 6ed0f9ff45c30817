// Passkeys on the account pages: shows what needs them only where the browser has them, and says when one did not work.

import { toast } from "./toast.js";

const available = "PublicKeyCredential" in window;
for (const part of document.querySelectorAll(available ? "[data-needs-passkeys]" : "[data-lacks-passkeys]")) {
  part.hidden = false;
}

// allauth's script tells this event what went wrong; left alone, it would only write to the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  toast("The passkey did not work, or was cancelled. Try again, or use another way.", { ms: 12000 });
});
