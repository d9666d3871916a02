// A block copied out of Excel and pasted into a cell of the grid is laid down from that cell.
// Without it the box above the grid does the same.
(() => {
  'use strict';
  document.addEventListener('paste', (event) => {
    const cell = event.target.closest('.years input');
    const text = event.clipboardData ? event.clipboardData.getData('text/plain') : '';
    if (!cell || !/[\t\n]/.test(text.trim())) {
      return;
    }
    event.preventDefault();
    document.getElementById('block').value = text;
    document.getElementById('at').value = cell.name;
    cell.form.requestSubmit(document.getElementById('lay-down'));
  });
})();
