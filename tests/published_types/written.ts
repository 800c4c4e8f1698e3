// What a value of a type is once it is written as JSON: a member of an enumeration is its own text there.
export type Written<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? Written<Item>[]
      : { [Key in keyof T]: Written<T[Key]> };
