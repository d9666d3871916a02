// Dragging a card is a shortcut for its own 移至 menu: the same form is sent, the server says what may move.
(function () {
  "use strict";
  var dragged = null;

  function card(target) { return target.closest && target.closest(".board-card"); }
  function column(target) { return target.closest && target.closest(".board-column"); }
  function offers(form, stage) { return form && form.querySelector('option[value="' + stage + '"]'); }

  document.addEventListener("mousedown", function (event) {
    var held = card(event.target);
    if (held && held.querySelector(".board-move") && !event.target.closest("select, button, a")) held.draggable = true;
  });
  document.addEventListener("dragstart", function (event) {
    dragged = card(event.target);
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.candidacy);
  });
  document.addEventListener("dragover", function (event) {
    var over = dragged && column(event.target);
    if (over && offers(dragged.querySelector(".board-move"), over.dataset.stage)) {
      event.preventDefault();
      over.classList.add("board-over");
    }
  });
  document.addEventListener("dragleave", function (event) {
    var left = column(event.target);
    if (left) left.classList.remove("board-over");
  });
  document.addEventListener("drop", function (event) {
    var over = dragged && column(event.target);
    if (!over) return;
    event.preventDefault();
    var form = dragged.querySelector(".board-move");
    form.querySelector("select").value = over.dataset.stage;
    form.submit();
  });
  document.addEventListener("dragend", function () {
    if (dragged) dragged.draggable = false;
    dragged = null;
  });
})();
