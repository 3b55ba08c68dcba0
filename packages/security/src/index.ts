export * from './access-tokens.js';
export * from './api-keys.js';
export * from './clock.js';
export * from './generate-password.js';
export * from './opaque-tokens.js';
export * from './passphrase.js';
export {
  createPasswordHasher,
  type PasswordHasher,
  type PasswordVerdict,
  unusableHash,
} from './password-hasher.js';
export * from './password-policy.js';
export * from './refresh-tokens.js';
export * from './secret-box.js';
export * from './secret-folder.js';
export * from './secrets.js';
export { createSemaphore, HasherBusy, type Semaphore } from './semaphore.js';
export * from './service-address.js';
export * from './signing-keys.js';
