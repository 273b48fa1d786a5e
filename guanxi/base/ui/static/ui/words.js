// The one global of our scripts: sentences in the language of the page, and what the other files offer each other.
window.Guanxi = (() => {
  const block = document.getElementById("ui-words");
  const words = block ? JSON.parse(block.textContent) : {};
  const say = (key, values = {}) =>
    Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key] || key);
  const cookie = (name) => {
    const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  };
  const token = () =>
    cookie(document.querySelector('meta[name="csrf-cookie"]').content) ||
    document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
  // Runs now for the page and again for each part that htmx brings.
  const onContent = (prepare) => {
    prepare(document);
    document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
  };
  const within = (root, selector) => [
    ...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector),
  ];
  return { say, token, onContent, within };
})();
