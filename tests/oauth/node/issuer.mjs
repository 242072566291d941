// A certified OpenID Connect provider on this machine: node issuer.mjs <port> <callback>
import Provider from 'oidc-provider';

const [port, callback] = process.argv.slice(2);

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{
    client_id: 'client-of-the-host',
    client_secret: 'a-secret-of-more-than-32-characters',
    redirect_uris: [callback],
    token_endpoint_auth_method: 'client_secret_post',
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, email: `${id}@example.com`, email_verified: true, given_name: 'Ada', family_name: 'Lovelace',
    }),
  }),
});

provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
