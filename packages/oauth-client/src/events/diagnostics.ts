import type { DiagnosticsGlobals } from "@credicorp/oauth-runtime";
import { createDiagnostics as createChannels } from "@credicorp/oauth-runtime";
import type { TokenReport } from "@credicorp/oauth-core/token-cache";

/** Events of every client of the process go to the channels `credicorp.oauth.client.<type>`. */
export function createDiagnostics(globals: DiagnosticsGlobals): (report: TokenReport) => void {
  return createChannels("credicorp.oauth.client.", globals);
}
