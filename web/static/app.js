// Improves what works without it: one tap sends once, photographs are made smaller, copies go to the clipboard.
"use strict";

// A form that is on its way is not sent a second time; the server would notice, the person should see it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
});

// Back to a page from the browser's memory: its forms may be used again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});

const LONGEST_SIDE = 1600;

async function smaller(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !self.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    if (!made || made.size >= file.size) return file;
    return new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

for (const input of document.querySelectorAll("input[type=file][data-smaller]")) {
  input.addEventListener("change", async () => {
    const chosen = new DataTransfer();
    for (const file of await Promise.all(Array.from(input.files, smaller))) chosen.items.add(file);
    input.files = chosen.files;
  });
}

// On a telephone the ways to other pages stand in one row that is pushed sideways: where one is comes into sight.
for (const here of document.querySelectorAll("nav [aria-current]")) {
  const row = here.closest("ul") ?? here.parentElement;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.offsetLeft - 24;
}

// <button data-copy="ID">: the text of that element into the clipboard, and a word that it is there.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    if (button.dataset.copied) button.textContent = button.dataset.copied;
  });
}
