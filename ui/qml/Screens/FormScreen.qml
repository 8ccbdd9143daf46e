// One page of the form: questions above (or left), keys below (or right).
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property FormModel form
    required property KeyboardModel keyboard

    heading: form.title
    lead: form.pageCount > 1 ? qsTr("第 %1 页，共 %2 页").arg(form.page + 1).arg(form.pageCount) : ""
    mainText: form.editing ? qsTr("改好了") : qsTr("下一步")
    backText: form.editing ? qsTr("返回核对") : qsTr("上一步")
    onMainTouched: {
        keyboard.finish();
        visit.goOn();
        form.showWrong();
    }

    ScrollArea {
        id: questions
        width: Theme.portrait || !keys.visible ? parent.width : parent.width * (screen.form.keypad === "chinese" ? 0.38 : 0.46)
        anchors.top: parent.top
        anchors.bottom: Theme.portrait && keys.visible ? keys.top : parent.bottom
        anchors.bottomMargin: Theme.portrait && keys.visible ? Theme.gap : 0
        spacing: Theme.px(12)

        Repeater {
            model: screen.form.fields

            FieldRow {
                required property string name
                required label
                required answer
                required hint
                required complaint
                required sound
                required locked
                required needed

                objectName: "field-" + name
                width: parent?.width ?? 0
                current: name === screen.form.current
                onCurrentChanged: if (current) questions.reveal(this)
                onComplaintChanged: if (current) questions.reveal(this)
                onClicked: {
                    screen.keyboard.finish();
                    screen.form.open(name);
                }
            }
        }
    }
    KeypadArea {
        id: keys
        visible: screen.form.keypad !== ""
        width: Theme.portrait ? parent.width : parent.width * (screen.form.keypad === "chinese" ? 0.6 : 0.52)
        height: Theme.portrait ? Theme.px(screen.form.keypad === "chinese" ? (Theme.large ? 690 : 660) : 590) : parent.height
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        form: screen.form
        typing: screen.keyboard
    }
}
