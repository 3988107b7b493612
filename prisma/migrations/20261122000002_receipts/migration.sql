-- CreateTable
CREATE TABLE "receipt" (
    "market_id" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "price_hash" BYTEA NOT NULL,
    "rows" BYTEA NOT NULL,
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "receipt_pkey" PRIMARY KEY ("market_id","sequence")
);

-- AddForeignKey
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The laws that Prisma cannot say ---------------------------------------------------------------------------------------------------

ALTER TABLE receipt ADD CONSTRAINT receipt_is_whole CHECK (
  sequence > 0 AND octet_length(input_hash) = 32 AND octet_length(price_hash) = 32 AND octet_length(previous_hash) = 32
  AND octet_length(hash) = 32 AND octet_length(rows) % 16 = 0);
CREATE TRIGGER receipt_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
