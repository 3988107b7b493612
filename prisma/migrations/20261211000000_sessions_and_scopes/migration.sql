-- Browsers sign in with a key and are known by a session after that; scopes of keys come back together with what heeds them.
-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "scopes" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "browser_session" (
    "id" BIGSERIAL NOT NULL,
    "key_id" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "browser_session_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "browser_session_hash_key" ON "browser_session"("hash");

-- CreateIndex
CREATE INDEX "browser_session_key_id_id_idx" ON "browser_session"("key_id", "id");

-- AddForeignKey
ALTER TABLE "browser_session" ADD CONSTRAINT "browser_session_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_key"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
