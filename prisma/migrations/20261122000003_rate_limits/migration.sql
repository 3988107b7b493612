-- CreateTable
CREATE UNLOGGED TABLE "rate_bucket" (
    "key_id" BIGINT NOT NULL,
    "tokens" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "rate_bucket_pkey" PRIMARY KEY ("key_id")
);
