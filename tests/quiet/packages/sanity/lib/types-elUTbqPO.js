	let hostOptions = getHostOptions(apiHost), cookieClient = clientFactory({
		...AUTH_CLIENT_OPTIONS,
		...hostOptions,
		projectId,
		dataset,
		withCredentials: !0
	}), token$ = dashboardToken$.pipe(shareReplay$1({
		bufferSize: 1,
		refCount: !0
	})), refreshedToken, state$ = token$.pipe(switchMap$1((dashboardToken) => {
		if (!dashboardToken) return of({
			client: cookieClient,
			authenticated: !1,
			currentUser: null
		});
		let client = clientFactory({
			...AUTH_CLIENT_OPTIONS,
			...hostOptions,
			projectId,
			dataset,
			token: dashboardToken,
			ignoreBrowserTokenWarning: !0
		}), refreshRejectedToken = () => {
			refreshedToken !== dashboardToken && (refreshedToken = dashboardToken, refreshDashboardToken());
		};
		return from(getCurrentUser(client, "initial", getRequestErrorHandler, getRequestFailureDiagnostics?.(), refreshRejectedToken)).pipe(map$1((currentUser) => ({
			client,
			authenticated: !!currentUser?.id,
			currentUser: currentUser || null
		})));
	}), share$1({
		connector: () => new ReplaySubject(1),
		resetOnRefCountZero: () => timer(1e3)
	})), store = {
		state: state$,
		token: token$,
		LoginComponent: createLoginComponent({
			...providerOptions,
			client$: state$.pipe(map$1((state) => state.client)),
			loginMethod,
			wasLogout: () => !1,
			isHandlingCallback: () => !1
		}),
		logout: async () => refreshDashboardToken()
	};
	return dashboardAuthStores.add(store), store;
}
function createStandaloneAuthStore({ clientFactory: clientFactoryOption, projectId, dataset, apiHost, loginMethod = "dual", getSessionId, consumeHashToken, getRequestErrorHandler, getRequestFailureDiagnostics, ...providerOptions }) {
	let tokenStorage = createBroadcastStorage(getAuthTokenStorageKey(projectId), (currentTokenValue) => {
		isCookielessCompatibleLoginMethod(loginMethod), consumeHashClaimUrl(projectId);
		let hashToken = consumeHashToken();
		return hashToken ? {
			token: hashToken,
