// How src/generated is made from the contract. `./generate.sh` runs it; SPEC and OUTPUT name other places.
export default {
  input: process.env.SPEC ?? '../../openapi/openapi.json',
  output: {
    path: process.env.OUTPUT ?? 'src/generated',
    importFileExtension: '.js',
  },
  // One type for what is sent and for what is answered: requests and answers have components of their own.
  parser: { transforms: { readWrite: false } },
  plugins: [
    '@hey-api/typescript',
    '@hey-api/client-fetch',
    {
      name: '@hey-api/sdk',
      operations: { strategy: 'single', containerName: 'AuthApi', methods: 'instance' },
    },
  ],
};
