function useTaskOperations() {
	let $ = c(12), { client, createAddonDataset } = useAddonDataset(), currentUser = useCurrentUser(), t0;
	$[0] !== client || $[1] !== createAddonDataset || $[2] !== currentUser ? (t0 = async (payload) => {
		if (!currentUser) throw Error("No current user found. Unable to create task.");
		let task = {
			...payload,
			authorId: currentUser.id,
			_type: "tasks.task"
		};
		if (!client) {
			let newCreatedClient = await createAddonDataset();
			if (!newCreatedClient) throw Error("No addon client found. Unable to create task.");
			return await newCreatedClient.create(task);
		}
		return await client.create(task);
	}, $[0] = client, $[1] = createAddonDataset, $[2] = currentUser, $[3] = t0) : t0 = $[3];
	let handleCreate = t0, t1;
	$[4] === client ? t1 = $[5] : (t1 = async (id, set) => {
		if (!client) throw Error("No client. Unable to create task.");
		return await client.patch(id).set(set).commit();
	}, $[4] = client, $[5] = t1);
	let handleEdit = t1, t2;
	$[6] === client ? t2 = $[7] : (t2 = async (id_0) => {
		if (!client) throw Error("No client. Unable to create task.");
		await client.delete(id_0);
	}, $[6] = client, $[7] = t2);
	let handleRemove = t2, t3;
	return $[8] !== handleCreate || $[9] !== handleEdit || $[10] !== handleRemove ? (t3 = {
		create: handleCreate,
		edit: handleEdit,
		remove: handleRemove
	}, $[8] = handleCreate, $[9] = handleEdit, $[10] = handleRemove, $[11] = t3) : t3 = $[11], t3;
}
