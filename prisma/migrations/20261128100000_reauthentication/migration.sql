ALTER TABLE "users" ADD COLUMN "must_change_password" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "sessions" ADD COLUMN "authenticated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
-- Sessions from before began with a password, too.
UPDATE "sessions" SET "authenticated_at" = "created_at";
ALTER TABLE "mail_tokens" ADD COLUMN "email" TEXT;

-- Instances drop what they believe of a user when a new password is demanded, and when it was chosen.
DROP TRIGGER "users_changed" ON "users";
CREATE TRIGGER "users_changed" AFTER UPDATE OF "role", "disabled_at", "email", "must_change_password" ON "users" FOR EACH ROW
  WHEN (OLD.role IS DISTINCT FROM NEW.role OR OLD.disabled_at IS DISTINCT FROM NEW.disabled_at OR OLD.email IS DISTINCT FROM NEW.email
    OR OLD.must_change_password IS DISTINCT FROM NEW.must_change_password)
  EXECUTE FUNCTION "identity_changed"('user');
