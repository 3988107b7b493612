import { type Refusal, REFUSAL_CODES } from '#mechanism';
import { type Codec, fields, oneOf, price as priceCodec, text, UnreadableEntry, whole } from './codec.js';

type Option = NonNullable<Refusal['nearest']>;

const optionFields = fields({ completion: whole, priceMicros: priceCodec, valueMicros: priceCodec });
const option: Codec<Option> = {
  write: ({ completion, price, value }) => optionFields.write({ completion, priceMicros: price, valueMicros: value }),
  read: (json, path) => {
    const { completion, priceMicros, valueMicros } = optionFields.read(json, path);
    return { completion, price: priceMicros, value: valueMicros };
  },
};

const OPTIONS = ['nearest', 'cheapest', 'floor'] as const;
const known = fields({ code: oneOf(...REFUSAL_CODES), detail: text });

/** How a refusal is kept with its decision: amounts in micro-credits; of the options those that it tells. */
export const refusal: Codec<Refusal> = {
  write: (value) => {
    const json = known.write(value) as Record<string, unknown>;
    for (const name of OPTIONS) {
      const told = value[name];
      if (told) json[name] = option.write(told);
    }
    return json;
  },
  read: (json, path) => {
    if (typeof json !== 'object' || json === null) throw new UnreadableEntry(path, 'must be a refusal');
    const { nearest, cheapest, floor, ...rest } = json as Readonly<Record<string, unknown>>;
    return {
      ...known.read(rest, path),
      ...(nearest !== undefined && { nearest: option.read(nearest, `${path}.nearest`) }),
      ...(cheapest !== undefined && { cheapest: option.read(cheapest, `${path}.cheapest`) }),
      ...(floor !== undefined && { floor: option.read(floor, `${path}.floor`) }),
    };
  },
};
