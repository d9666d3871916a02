// Ticking firms of the list: a page at a time, all of them, how many that are. Without it every box is ticked by hand.
(() => {
  'use strict';
  const boxes = () => Array.from(document.querySelectorAll('input.pick'));
  const bar = () => document.getElementById('bulk');

  const show = () => {
    const form = bar();
    if (!form) {
      return;
    }
    const all = form.querySelector('[data-pick-all]').checked;
    const every = boxes();
    const ticked = every.filter((box) => box.checked);
    const page = form.querySelector('[data-pick-page]');
    const told = form.querySelector('[data-picked]');
    page.checked = all || (every.length > 0 && ticked.length === every.length);
    page.indeterminate = !page.checked && ticked.length > 0;
    told.textContent = all ? told.dataset.all : String(ticked.length);
    form.classList.toggle('bulk-some', all || ticked.length > 0);
    for (const box of every) {
      box.closest('tr').classList.toggle('picked', all || box.checked);
    }
  };

  document.addEventListener('change', ({ target }) => {
    if (target.matches('[data-pick-page]')) {
      for (const box of boxes()) {
        box.checked = target.checked;
      }
    } else if (!target.matches('input.pick, [data-pick-all]')) {
      return;
    }
    const all = bar().querySelector('[data-pick-all]');
    if (!target.checked) {
      all.checked = false;
    }
    show();
  });

  // x ticks the row that j and k have come to.
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'x' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, dialog')) {
      return;
    }
    const box = document.querySelector('tr.chosen input.pick');
    if (box) {
      box.click();
    }
  });

  for (const event of ['DOMContentLoaded', 'pageshow', 'htmx:afterSettle']) {
    (event === 'pageshow' ? window : document).addEventListener(event, show);
  }
})();
