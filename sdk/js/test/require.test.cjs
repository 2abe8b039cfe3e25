const assert = require('node:assert/strict');
const { test } = require('node:test');

test('the package can be required, as a class and by name', () => {
  const UponAI = require('uponai');
  const { UponAI: named, RateLimited } = require('uponai');
  assert.equal(UponAI, named);
  assert.equal(UponAI, UponAI.default);
  assert.equal(typeof new UponAI({ apiKey: 'key_1' }).call.createPhoneCall, 'function');
  assert.ok(RateLimited.prototype instanceof Error);
});
