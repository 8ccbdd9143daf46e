// Everything once more, masked, with a way back to each page; the promise for what may follow later; 提交.
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property ReviewModel review

    heading: qsTr("请核对后提交")
    lead: qsTr("%1 · 提交给%2").arg(review.item).arg(review.department)
    mainText: qsTr("提交")
    mainIcon: "send"
    mainEnabled: review.ready
    onMainTouched: visit.submit()
    onMainRefused: box.missed = true

    ScrollArea {
        width: parent.width
        anchors.top: parent.top
        anchors.bottom: box.visible ? box.top : parent.bottom
        anchors.bottomMargin: box.visible ? Theme.gap : 0
        spacing: 0

        Item {
            visible: screen.review.lackingMaterials.length > 0
            width: parent.width
            height: lacking.implicitHeight + Theme.px(28)

            Notice {
                id: lacking
                objectName: "lacking"
                width: parent.width
                tone: "warn"
                text: qsTr("还没有拍摄：%1").arg(screen.review.lackingMaterials.join(qsTr("、")))
                next: qsTr("这份材料必须现在拍，请点它旁边的“修改”")
            }
        }
        ReviewLine {
            width: parent?.width ?? 0
            heading: true
            label: qsTr("申请人")
        }
        ReviewLine {
            width: parent?.width ?? 0
            label: qsTr("姓名")
            answer: screen.review.name
        }
        ReviewLine {
            width: parent?.width ?? 0
            label: qsTr("证件号码")
            answer: screen.review.number
        }
        Repeater {
            model: screen.review.rows

            ReviewLine {
                required property int group
                required heading
                required label
                required answer

                width: parent?.width ?? 0
                editName: heading ? "edit-" + group : ""
                onEditTouched: screen.review.edit(group)
            }
        }
        Repeater {
            model: screen.review.papers

            ReviewLine {
                required property int place

                width: parent?.width ?? 0
                heading: true
                editName: "paper-" + place
                onEditTouched: screen.review.editPaper(place)
            }
        }
        Item {
            visible: screen.review.promiseNeeded
            width: parent.width
            height: promise.implicitHeight + Theme.px(28)

            Notice {
                id: promise
                width: parent.width
                y: Theme.px(20)
                tone: "warn"
                iconName: "event_available"
                text: qsTr("可以后补的材料：%1").arg(screen.review.promisedMaterials.join(qsTr("、")))
                next: qsTr("请在 %1 前补交；逾期未补，本次申请将按撤回处理").arg(screen.review.promiseDeadline)
            }
        }
    }
    TickBox {
        id: box
        objectName: "promise"
        visible: screen.review.promiseNeeded
        width: parent.width
        anchors.bottom: parent.bottom
        checked: screen.review.promised
        text: qsTr("容缺承诺：我会按时补交以上材料")
        hint: qsTr("请先点这里打勾，才能提交")
        onClicked: screen.review.promise(checked)
    }
}
