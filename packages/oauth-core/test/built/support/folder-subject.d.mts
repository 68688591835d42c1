import type { RecordStore } from "@credicorp/oauth-core";
import type {
  CountedRecord,
  LeaseSubject,
  RateLimiterSubject,
  ReplayStoreSubject,
  RevocationFeedSubject,
  SharedContractCase,
  TokenStoreSubject,
} from "@credicorp/oauth-core/testing";

/** The subject of every shared contract at once. */
export type FolderSubject = LeaseSubject &
  RateLimiterSubject &
  RecordStore<CountedRecord> &
  ReplayStoreSubject &
  RevocationFeedSubject &
  TokenStoreSubject;

/** The shared contract of each port. */
export declare const sharedContracts: Readonly<
  Record<string, readonly SharedContractCase<FolderSubject>[]>
>;

export declare function createFolderSubject(
  root: string,
  options: { readonly racy: boolean },
): FolderSubject;
