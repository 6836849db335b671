import frontleak from 'vite-plugin-frontleak';export default {logLevel:'error',plugins:[frontleak({failOn:"low",args:["--fail-on","high"]})]}
