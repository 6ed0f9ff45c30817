// What every page does. Each page works without it.

// Somebody whose form came back with errors starts at the list of them.
document.getElementById("error-summary")?.focus();

// A form may ask for the time zone of this device; whoever fills it in can still change it.
for (const input of document.querySelectorAll("input[name=time_zone][data-detect]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && (input.type === "hidden" || !input.value)) {
    input.value = zone;
  }
}

// What is shown once can be copied with one press, where the browser lets us; otherwise it is there to be selected.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const shown = document.getElementById(button.dataset.copy);
    shown.select();
    await navigator.clipboard.writeText(shown.value);
    button.textContent = "Copied";
  });
}
