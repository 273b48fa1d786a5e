"""What happens to records in a random history, and the same in the model."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from guanxi.base.kernel import clock
from guanxi.core.activities.actions.activity import NewActivity, change_activity, log_activity, remove_activity
from guanxi.core.activities.models import Activity
from guanxi.core.customers.actions import leave_in_peace, remove_customer, restore_customer, transfer_customers
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import hand_over_duty, postpone_duty, withdraw_duty
from guanxi.domain.archive.actions.fileform import change_file_form, remove_file_form
from guanxi.domain.archive.models import FileForm

from . import model
from .company import PEOPLE, REPRESENTATIVES, Company, everybodys_actor

COPIED = "客户说每天早晚服用,睡眠好一些"


class Happenings(Company):
    @rule(hours=st.sampled_from([1, 5, 15, 24, 72, 240]))
    def time_passes(self, hours: int) -> None:
        clock.advance(hours=hours)
        self.is_followed = False

    @rule(data=st.data(), ago=st.integers(0, 40), bought=st.booleans())
    def new_form(self, data: Any, ago: int, bought: bool) -> None:
        customer = self.customer(data)
        if customer is None or len(self.world.forms) >= 5:
            return
        self.complete(customer, ago=ago, bought=bought)

    @rule(data=st.data(), ago=st.integers(0, 40), flip=st.booleans())
    def correct_form(self, data: Any, ago: int, flip: bool) -> None:
        pk = self.form(data)
        if pk is None:
            return
        form = self.world.forms[pk]
        values: dict[str, Any] = (
            {"purchased": not form.bought} if flip else {"completed_on": clock.today() - timedelta(days=ago)}
        )
        version = FileForm.objects.get(pk=pk).version
        changed = change_file_form(pk, values, version=version, actor=self.chief)
        form.completed, form.bought = changed.completed_on, changed.purchased
        if changed.version != version:
            self.world.follow(clock.now(), form=pk)

    @rule(data=st.data())
    def remove_form(self, data: Any) -> None:
        if (pk := self.form(data)) is not None:
            remove_file_form(pk, actor=self.chief, why="重复")
            self.world.forms[pk].removed = True
            self.world.follow(clock.now(), form=pk)

    @rule(
        data=st.data(),
        login=st.sampled_from(PEOPLE),
        kind=st.sampled_from(["call", "call", "visit", "message"]),
        quality=st.sampled_from(["good", "good", "good", "empty", "copied", "no result"]),
        hours_ago=st.sampled_from([0, 0, 0, 1, 12, 50]),
        names_form=st.booleans(),
    )
    def log(self, data: Any, login: str, kind: str, quality: str, hours_ago: int, names_form: bool) -> None:
        customer = self.customer(data)
        if customer is None:
            return
        forms = {i: f for i, f in self.world.forms.items() if f.customer == customer}
        form = self.some(data, forms) if names_form else None
        notes = {"empty": "", "copied": COPIED}
        new = NewActivity(
            kind=kind,
            note=notes.get(quality, f"客户说效果不错,第{len(self.world.contacts)}次详细记录"),
            result="" if quality == "no result" else "reached",
            happened_at=clock.now() - timedelta(hours=hours_ago),
            subject_kind="fileform" if form else "",
            subject_id=form,
        )
        row = log_activity(customer, new, actor=everybodys_actor(self.staff(login)))
        self.world.contacts[row.pk] = model.Contact(
            customer,
            self.staff(login).pk,
            kind,
            new.result,
            row.note_state == "detailed",
            row.happened_at,
            row.recorded_at,
            form,
        )
        self.world.settle(self.world.about(customer=customer), clock.now())

    @rule(data=st.data(), removes=st.booleans())
    def spoil_a_contact(self, data: Any, removes: bool) -> None:
        usable = {
            i: c
            for i, c in self.world.contacts.items()
            if not c.removed and not self.world.customers[c.customer].binned
        }
        pk = self.some(data, usable)
        if pk is None:
            return
        contact = self.world.contacts[pk]
        if removes:
            remove_activity(pk, actor=self.chief, why="记错")
            contact.removed = True
        else:
            version = Activity.objects.get(pk=pk).version
            row = change_activity(pk, {"note": ""}, version=version, actor=self.chief)
            if row.version == version:
                return
            contact.detailed = False
        concerned = self.world.about(customer=contact.customer)
        self.world.correct(concerned, clock.now())
        self.world.settle(concerned, clock.now())

    @rule(data=st.data())
    def write_up_a_contact(self, data: Any) -> None:
        usable = {
            i: c
            for i, c in self.world.contacts.items()
            if not c.removed and not self.world.customers[c.customer].binned
        }
        pk = self.some(data, usable)
        if pk is None:
            return
        contact = self.world.contacts[pk]
        version = Activity.objects.get(pk=pk).version
        values = {"note": f"补记通话内容,第{pk}次版本{version}", "result": "reached"}
        change_activity(pk, values, version=version, actor=self.chief)
        if not (contact.detailed and contact.result):
            contact.recorded = clock.now()
        contact.detailed, contact.result = True, "reached"
        concerned = self.world.about(customer=contact.customer)
        self.world.correct(concerned, clock.now())
        self.world.settle(concerned, clock.now())

    @rule(data=st.data(), login=st.sampled_from(REPRESENTATIVES))
    def transfer(self, data: Any, login: str) -> None:
        customer, to = self.customer(data), self.staff(login)
        if customer is None or to.left_on is not None or self.world.customers[customer].owner == to.pk:
            return
        transfer_customers([customer], to=to, actor=self.chief)
        self.world.customers[customer].owner = to.pk
        unit = Customer.objects.get(pk=customer).unit_id
        assert unit is not None
        self.world.customers[customer].unit = unit
        self.world.follow(clock.now(), customer=customer)

    @rule(data=st.data(), dead=st.booleans(), undisturbed=st.booleans())
    def rest(self, data: Any, dead: bool, undisturbed: bool) -> None:
        pk = self.customer(data)
        if pk is None:
            return
        customer = self.world.customers[pk]
        if (customer.dead, customer.undisturbed) == (dead, undisturbed):
            return
        self.set_rest(pk, dead=dead, undisturbed=undisturbed)

    @rule(data=st.data(), hours=st.sampled_from([1, 72, 240]))
    def rest_for_a_while(self, data: Any, hours: int) -> None:
        pk = self.customer(data)
        if pk is not None:
            was = self.world.customers[pk]
            dead, undisturbed = was.dead, was.undisturbed
            self.set_rest(pk, dead=dead, undisturbed=not undisturbed)
            self.time_passes(hours)
            self.set_rest(pk, dead=dead, undisturbed=undisturbed)

    def set_rest(self, pk: int, *, dead: bool, undisturbed: bool) -> None:
        customer = self.world.customers[pk]
        leave_in_peace(
            pk, deceased_on=date(2026, 11, 1) if dead else None, is_do_not_disturb=undisturbed, actor=self.chief
        )
        customer.dead, customer.undisturbed = dead, undisturbed
        self.world.follow(clock.now(), customer=pk)

    @rule(data=st.data(), restores=st.booleans())
    def bin(self, data: Any, restores: bool) -> None:
        pk = self.customer(data, binned=restores)
        if pk is None:
            return
        if restores:
            restore_customer(pk, actor=self.chief)
        else:
            remove_customer(pk, actor=self.chief)
        self.world.customers[pk].binned = not restores
        self.world.follow(clock.now(), customer=pk)

    @rule(data=st.data(), login=st.sampled_from(PEOPLE))
    def hand_over(self, data: Any, login: str) -> None:
        duty, to = self.duty(data), self.staff(login)
        if duty is None or to.left_on is not None or duty.assignee_id == to.pk:
            return
        hand_over_duty(duty.pk, to=to, why="休假", actor=self.chief)
        mirror = self.mirrored(duty)
        mirror.assignee, mirror.by_hand = to.pk, True
        self.world.settle(self.world.about(customer=duty.customer_id), clock.now())

    @rule(data=st.data(), days=st.integers(1, 20))
    def postpone(self, data: Any, days: int) -> None:
        duty = self.duty(data)
        if duty is None:
            return
        until = max(duty.due_on, clock.today()) + timedelta(days=days)
        postpone_duty(duty.pk, until=until, why="出差", actor=self.chief)
        mirror = self.mirrored(duty)
        mirror.due = mirror.postponed = clock.end_of(until)

    @rule(data=st.data())
    def withdraw(self, data: Any) -> None:
        duty = self.duty(data)
        if duty is None:
            return
        withdraw_duty(duty.pk, why="客户搬走", actor=self.chief)
        mirror = self.mirrored(duty)
        mirror.state, mirror.why, mirror.withdrawn = "withdrawn", "by_hand", clock.now()
