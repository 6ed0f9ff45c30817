// The list of unsaved words: which of them were typed on this device.

import { deviceName } from "./draft-store.js";

const device = deviceName();
for (const where of document.querySelectorAll("[data-device]")) {
  where.textContent = where.dataset.device === device ? "This device" : "Another device";
  where.hidden = false;
}
