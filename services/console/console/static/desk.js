// What plain HTML can't do at the desk: the token of our forms on each request of htmx, a question before what can't be undone, keys.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf"]');
  if (token) event.detail.headers["x-csrf"] = token.content;
});
// A refusal has something to say, too: it is shown where the answer would have been.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400) { event.detail.shouldSwap = true; event.detail.isError = false; }
});
// The button that was pressed is pressed once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.ask && !confirm(form.dataset.ask)) { event.preventDefault(); return; }
  if ("again" in form.dataset) return; // what is printed may be printed again
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
  const first = document.querySelector("[data-first], [aria-invalid=true]");
  if (first) first.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.altKey && event.key === "/") { const box = document.querySelector('nav a[href="/people"]'); if (box) box.click(); }
});
