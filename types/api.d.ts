// The shapes of the API, as the scripts name them: `Api.Session` in a comment is what the server
// answers with. They are made from the server's own OpenAPI description (make lint), so a script that
// asks for a field that the API does not have is an error.

import type { components, paths } from "./generated/schema";

type Schemas = components["schemas"];

/** The address of a call as a pattern: "/sessions/{id}" stands for all that fits `/sessions/${string}`. */
type PatternOf<Path> = Path extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${PatternOf<After>}`
  : Path;

type WithoutQuery<Address> = Address extends `${infer Path}?${string}` ? Path : Address;

type IsSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** The path in the OpenAPI description that an address belongs to; never where there is none. */
type PathOf<Address> = {
  [Path in keyof paths]: Path extends `/api/v1${infer Short}`
    ? IsSame<PatternOf<Short>, WithoutQuery<Address>> extends true
      ? Path
      : never
    : never;
}[keyof paths];

type OperationOf<Method, Address> =
  Lowercase<Method & string> extends infer Name
    ? Name extends keyof paths[PathOf<Address>]
      ? NonNullable<paths[PathOf<Address>][Name]>
      : never
    : never;

type JsonOf<Message> = Message extends { content: { "application/json": infer Json } }
  ? Json
  : null;

/** What a call sends as JSON. An operation that takes nothing is sent an empty object. */
type BodyOf<Operation> = Operation extends { requestBody?: infer Request }
  ? NonNullable<Request> extends { content: { "application/json": infer Json } }
    ? Json
    : Record<string, never>
  : never;

type Success = 200 | 201 | 202 | 204;

type AnswerOf<Operation> = Operation extends { responses: infer Responses }
  ? { [Status in keyof Responses & Success]: JsonOf<Responses[Status]> }[keyof Responses & Success]
  : never;

declare global {
  namespace Api {
    type Method = "GET" | "POST" | "PATCH" | "DELETE";

    /** What the server answers with when a call succeeds; null where the answer is empty. */
    type Answer<Method, Address> = AnswerOf<OperationOf<Method, Address>>;

    /** What a call sends as JSON. */
    type Body<Method, Address> = BodyOf<OperationOf<Method, Address>>;

    /** One page of a list, as every list of the API answers. */
    type Page<Row> = {
      count: number;
      next?: string | null;
      previous?: string | null;
      results: Row[];
    };

    type Access = Schemas["Access"];
    type NameRequest = Schemas["NameRequest"];
    type Attempt = Schemas["Attempt"];
    type AttendanceStatus = Schemas["AttendanceStatusEnum"];
    type Challenge = Schemas["Challenge"];
    type ClosedDay = Schemas["ClosedDay"];
    type ConsentAction = Schemas["ConsentActionEnum"];
    type ConsentText = Schemas["ConsentText"];
    type Decision = Schemas["Outcome"];
    type Device = Schemas["Device"];
    type EnrolledFace = Schemas["EnrolledFace"];
    type Erasure = Schemas["Erasure"];
    type Failure = Schemas["Error"];
    type FaceEnrolment = Schemas["FaceEnrolment"];
    type OwnData = Schemas["OwnData"];
    type FaceStatus = Schemas["FaceStatus"];
    type LoggedIn = Schemas["LoggedIn"];
    type Move = Schemas["MoveEnum"];
    type Needs = Schemas["Requirement"];
    type NewAccount = Body<"POST", "/register/student">;
    type Passkey = Schemas["Passkey"];
    type Prompt = Schemas["Prompt"];
    type Reason = Schemas["Reason"];
    type RegisterRow = Schemas["RegisterRow"];
    type RoomNow = Schemas["RoomNow"];
    /** A session. What is on in its room is told where a phone asks for this session alone. */
    type Session = Schemas["Session"] & { room_now?: RoomNow };
    type SessionState = Schemas["SessionStateEnum"];
    type Step = Schemas["Step"];
    type StudentCourse = Schemas["StudentCourse"];
    type StudentSession = Schemas["StudentSession"];
    type StudentStatistics = Schemas["StudentStatistics"];
    type StudentToday = Schemas["StudentToday"];
    type StudentSessionToday = Schemas["StudentSessionToday"];
    type TokenPair = Schemas["TokenPair"];
    type User = Schemas["User"];
    type Warning = Schemas["Warning"];
  }
}
