	/* Put into handle_page_fault: with each page of fresh memory come the fifteen behind it that are fresh too. */
	if (is_user && is_write && vma_is_anonymous(vma)) {
		unsigned long end = min(vma->vm_end, (address & PAGE_MASK) + 16 * PAGE_SIZE);

		while ((address += PAGE_SIZE) < end) {
			pte = virt_to_pte(mm, address & PAGE_MASK);
			if (pte && !pte_none(*pte))
				break;
			if (handle_mm_fault(vma, address, FAULT_FLAG_WRITE | FAULT_FLAG_USER, NULL) & VM_FAULT_ERROR)
				break;
		}
	}
