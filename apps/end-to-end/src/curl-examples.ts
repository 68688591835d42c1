/** What a caller proves itself with; made of characters that need no escaping. */
interface CurlCredentials {
  readonly id: string;
  readonly secret: string;
}

/** Who calls, in the examples. */
export interface CurlCallers {
  readonly origin: string;

  /** A client that authenticates in the body. */
  readonly partner: CurlCredentials;

  /** A client that may introspect. */
  readonly resourceServer: CurlCredentials;
}

/** A command to copy, and what it shows. */
export interface CurlExample {
  readonly title: string;
  readonly command: string;
}

/** Writes commands for a POSIX shell; the later ones use the `TOKEN` that an earlier one keeps. */
export function formatCurlExamples(callers: CurlCallers): readonly CurlExample[] {
  const { origin, partner, resourceServer } = callers;
  const tokenRequest = `curl -s -X POST ${origin}/partner/v1/oauth/token \\
  -H 'Content-Type: application/x-www-form-urlencoded' \\
  -d grant_type=client_credentials \\
  -d client_id=${partner.id} \\
  -d client_secret=${partner.secret} \\
  -d scope='applications:write decisions:read'`;

  return [
    {
      title: "Find the endpoints",
      command: `curl -s ${origin}/.well-known/oauth-authorization-server`,
    },
    { title: "Get a token", command: tokenRequest },
    {
      title: "Keep a token in a variable",
      command: `TOKEN=$(${tokenRequest} | node -p 'JSON.parse(fs.readFileSync(0)).access_token')`,
    },
    {
      title: "Submit an application",
      command: `curl -s ${origin}/partner/v1/applications \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{
    "companyNumber": "01234567",
    "companyName": "Ashdown Bakery Ltd",
    "amountPence": 2500000,
    "currency": "GBP",
    "termMonths": 6,
    "purpose": "stock",
    "monthlyTurnoverPence": 4000000,
    "tradingMonths": 38,
    "contact": { "name": "Ada Ashdown", "email": "ada@ashdown.example" }
  }'`,
    },
    {
      title: "Ask what the token is good for",
      command: `curl -s ${origin}/partner/v1/oauth/introspect \\
  -u ${resourceServer.id}:${resourceServer.secret} \\
  -d token="$TOKEN"`,
    },
  ];
}
