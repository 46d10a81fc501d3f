// Hands the code in the address over to the student's page. Nothing else here remembers it.

const token = /\/q\/([a-z2-7]{32})\/?$/i.exec(location.pathname)?.[1];
const { student } = document.querySelector("[data-student]").dataset;
if (token) location.replace(`${student}#/check-in/code/${token}`);
