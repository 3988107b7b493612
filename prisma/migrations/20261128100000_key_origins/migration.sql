-- Where a key comes from, so that another admin key ends the one before; and when it was last used. Both only add.
-- CreateEnum
CREATE TYPE "key_origin" AS ENUM ('request', 'environment', 'start');

-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "origin" "key_origin" NOT NULL DEFAULT 'request';

-- CreateTable
CREATE TABLE "key_use" (
    "key_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "key_use_pkey" PRIMARY KEY ("key_id")
);
