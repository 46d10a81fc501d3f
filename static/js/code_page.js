// Hands the code in the address over to the student's page. Nothing else on this page keeps the code.
import { find, told } from "./find.js";

const token = /\/q\/([a-z2-7]{32})\/?$/i.exec(location.pathname)?.[1];
const student = told(find(document, "[data-student]"), "student");
if (token) location.replace(`${student}#/check-in/code/${token}`);
