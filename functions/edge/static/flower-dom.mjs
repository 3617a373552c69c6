// Drawing without losing what the reader is at: a new drawing is made, and the old one is changed into it.

/** An element. Attributes that are false or null are left out; so are such children, others become text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== false && child != null));
  return element;
}

/** Change an element until it is as `wanted`. What stays keeps its focus, its scrolling and its selection. */
export function redraw(element, wanted) {
  for (const { name } of [...element.attributes]) {
    if (!wanted.hasAttribute(name)) element.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
  redrawChildren(element, wanted);
  if (element.tagName === "SELECT" && element.value !== wanted.value) element.value = wanted.value;
  if (element.tagName === "INPUT" && element.checked !== wanted.checked) element.checked = wanted.checked;
}

/** The same for what is within. Children with a `data-key` are known by it, others by their place. */
export function redrawChildren(element, wanted) {
  const keys = new Set([...wanted.children].map(keyOf));
  for (const child of [...element.children]) {
    if (child.dataset.key && !keys.has(child.dataset.key)) child.remove();
  }
  let here = element.firstChild;
  for (const child of [...wanted.childNodes]) {
    const known = here && alike(here, child) ? here : withKey(element, child);
    if (!known) {
      element.insertBefore(child, here);
      continue;
    }
    // An element that is moved loses its focus, so only what is out of order is moved.
    if (known === here) here = here.nextSibling;
    else element.insertBefore(known, here);
    if (known.nodeType === Node.ELEMENT_NODE) redraw(known, child);
    else if (known.data !== child.data) known.data = child.data;
  }
  while (here) {
    const next = here.nextSibling;
    here.remove();
    here = next;
  }
}

const keyOf = (node) => node.dataset?.key;
const alike = (one, other) => one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

function withKey(element, child) {
  const key = keyOf(child);
  return key && [...element.children].find((other) => alike(other, child));
}
