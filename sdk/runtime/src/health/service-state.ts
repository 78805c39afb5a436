/** What a running service knows of its way to C1; the health server asks for it at each request. */
export interface ServiceState {
  /** `connecting` until the first Hello has succeeded, `lost` while calls fail that had worked before. */
  readonly c1: 'connecting' | 'connected' | 'lost';
  /** Why C1 is not reached, in words without secrets. */
  readonly c1Error?: string;
}
