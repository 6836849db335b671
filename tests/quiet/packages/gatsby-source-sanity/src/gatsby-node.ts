import sanityClient, {SanityClient} from '@sanity/client'
function getClient(config: PluginConfig) {
  const {projectId, dataset, apiHost = 'https://api.sanity.io', token} = config
  return sanityClient({
    apiHost,
    projectId,
    dataset,
    token,
    apiVersion: '1',
    useCdn: false,
  })
}
