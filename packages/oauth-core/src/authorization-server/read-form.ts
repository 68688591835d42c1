import type { ServerRequest } from "../http.ts";
import { headerValues, singleHeaderValue } from "../http.ts";
import type { FormFields } from "../protocol/form.ts";
import { formMediaType, parseForm } from "../protocol/form.ts";
import { isUtf8MediaType } from "../protocol/media-type.ts";
import type { ProtocolFailure, Result } from "../result.ts";
import { failed } from "../result.ts";
import type { ServerPolicy } from "./configuration.ts";
import type { Refusal, RefusalReason } from "./refusal.ts";

/** Reads the form of a request: type, then size, then syntax. */
export function readForm(
  request: ServerRequest,
  limits: Pick<ServerPolicy, "maxBodyBytes" | "maxParameters">,
): Result<FormFields, Refusal> {
  const type = singleHeaderValue(request.headers, "content-type");
  if (type === undefined || !isUtf8MediaType(type, formMediaType)) {
    return invalidRequest(400, "media_type", `The Content-Type must be ${formMediaType}`);
  }
  if (headerValues(request.headers, "content-encoding").some((coding) => coding !== "identity")) {
    return invalidRequest(400, "content_encoding", "The body must not be compressed");
  }
  const fields = parseForm(request.body, {
    maxBytes: limits.maxBodyBytes,
    maxFields: limits.maxParameters,
  });
  if (fields.ok) return fields;
  const { code, message } = fields.failure;
  return code === "form_too_large"
    ? invalidRequest(413, "body_too_large", message)
    : invalidRequest(400, formReasons[code], message);
}

const formReasons = {
  form_too_many_fields: "too_many_parameters",
  form_malformed: "body_malformed",
} as const;

/** The refusal of a message whose parameters break the rules of RFC 6749 section 3.2. */
export function parameterRefusal(failure: ProtocolFailure): Refusal {
  return {
    status: 400,
    error: "invalid_request",
    description: failure.message,
    why: "parameter_repeated",
  };
}

function invalidRequest(
  status: number,
  why: RefusalReason,
  description: string,
): Result<never, Refusal> {
  return failed({ status, error: "invalid_request", description, why });
}
