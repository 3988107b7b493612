-- Scopes were stored with keys, always empty, and read by nobody: a key may do what its role may.
-- AlterTable
ALTER TABLE "api_key" DROP COLUMN "scopes";
