// Colours and density chosen on this machine, set before the first paint. Without a choice the system decides.
(function () {
  'use strict';
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') {
      root.setAttribute('data-bs-theme', theme);
    }
  } catch (error) {
    // Storage may be forbidden; then the system's colours stand.
  }
  root.classList.add('js');
})();
