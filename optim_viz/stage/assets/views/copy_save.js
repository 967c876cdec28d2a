/** Text that a person takes away: to the clipboard, or as a file. */

/**
 * @param {string} text
 * @param {HTMLElement} near where to show the text if it cannot be copied
 * @returns {Promise<boolean>} false when the browser refuses the clipboard and the text is shown to copy by hand
 */
export async function copyText(text, near) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.className = "ov-copy";
    field.value = text;
    field.readOnly = true;
    field.setAttribute("aria-label", "Copy this");
    field.addEventListener("blur", () => field.remove());
    near.append(field);
    field.focus();
    field.select();
    return false;
  }
}

/**
 * @param {string} name
 * @param {string | BlobPart} text
 * @param {string} [type]
 */
export function saveFile(name, text, type = "application/json") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
