// For browsers that cannot run the conversation's script: asks now and then whether there is something new. Written for
// browsers of 2015.
(function () {
  var plain = document.getElementById("plain");
  var text = document.getElementById("text");
  var newer = document.getElementById("newer");
  function isLive() {
    return document.documentElement.className.indexOf("is-live") >= 0;
  }
  function ask() {
    if (isLive() || document.hidden) return;
    var request = new XMLHttpRequest();
    request.onload = function () {
      if (request.status === 401) location.replace("/vao");
      if (request.status !== 200 || request.responseText !== "true") return;
      // What somebody is writing is not taken from under their hands.
      if (text.value) newer.hidden = false;
      else location.reload();
    };
    request.open("GET", "/moi?after=" + plain.getAttribute("data-after"));
    request.send();
  }
  setInterval(ask, 15000);
})();
