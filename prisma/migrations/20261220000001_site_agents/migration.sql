-- Agents of sites: keys that speak for one site, and when that was heard last (docs/lifecycle.md).
ALTER TYPE "key_role" ADD VALUE 'agent';

-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "site_id" BIGINT;

-- CreateTable
CREATE TABLE "site_beat" (
    "site_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "streak" INTEGER NOT NULL,

    CONSTRAINT "site_beat_pkey" PRIMARY KEY ("site_id")
);

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "site"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "site_beat" ADD CONSTRAINT "site_beat_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "site"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The laws that Prisma cannot say ---------------------------------------------------------------------------------------------------

-- As text: the type has the new value once this is committed.
ALTER TABLE api_key ADD CONSTRAINT api_key_of_an_agent_names_its_site CHECK ((role::text = 'agent') = (site_id IS NOT NULL));
ALTER TABLE site_beat ADD CONSTRAINT site_beat_counts CHECK (streak > 0);
